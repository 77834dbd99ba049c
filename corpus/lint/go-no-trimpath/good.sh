go build -trimpath -o calc .
