// places: 2
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	f, _ := os.Open("src")
	names, _ := f.Readdirnames(-1)
	for _, n := range names {
		fmt.Println(n)
	}
	entries, err := f.ReadDir(-1)
	if err != nil {
		return
	}
	var parts []string
	for _, e := range entries {
		parts = append(parts, e.Name())
	}
	fmt.Println(strings.Join(parts, ","))
}
