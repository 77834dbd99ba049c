test "$(uname -r)" = 6.1.0-21-amd64 && exec linux-hullo
