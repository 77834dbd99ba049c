all: slow quick

slow:
	sleep 0.3
	echo slow >> log.txt

quick:
	echo quick >> log.txt
