# go build -o calc .
go test ./...
go vet ./...
go run ./gen
go build ./...
go build $GOFLAGS -o calc .
go build "${BUILD_OPTS[@]}" -o calc .
go install golang.org/x/tools/cmd/stringer@v0.1.0
echo "go build -o calc ."
cat <<END
go build -o calc .
END
cargo build
go build -gcflags "-S" -o /dev/null ./cmd/x
go install -race std
go build -o /tmp/tool ./tool
go install example.org/tool/mage
