HOME=/root
TERM=xterm
PWD=/srv
