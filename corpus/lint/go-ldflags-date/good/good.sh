go build -trimpath -ldflags "-X main.version=1.4" .
