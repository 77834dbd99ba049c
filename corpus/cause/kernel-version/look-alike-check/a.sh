test "$(uname -r)" = 6.1.0-18-amd64 && exec linux-hello
