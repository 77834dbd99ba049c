//go:build ignore

// places: 3
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	f, _ := os.Create("zz_table.go")
	fmt.Fprintf(f, "// Made at %s.\n", time.Now().Format(time.RFC3339))
	now := time.Now().UTC()
	f.WriteString(fmt.Sprintf("const Made = %d\n", now.Unix()))
	page.Execute(f, struct{ When time.Time }{When: time.Now()})
}
