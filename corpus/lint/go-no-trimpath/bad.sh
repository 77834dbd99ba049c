# places: 4
go build -o calc .
CGO_ENABLED=0 GOOS=linux go build -ldflags "$LDFLAGS" -o calc ./cmd/calc
$GO build
env GOOS=linux go install ./cmd/calc
