# places: 3
go build -ldflags "-X main.date=$(date -u +%FT%TZ)" .
DATE=`date`
go build -trimpath -ldflags "-s -w -X main.version=1 -X 'example.org/x/version.BuildDate=$DATE'" .
go build -ldflags="-X main.date=`date +%s`" .
