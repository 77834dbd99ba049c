//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	f, _ := os.Create("zz_table.go")
	seconds, _ := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if seconds == 0 {
		seconds = time.Now().Unix()
	}
	fmt.Fprintf(f, "// Made at %d.\n", seconds)
}
