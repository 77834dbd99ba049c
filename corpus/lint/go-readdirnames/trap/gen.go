package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

func main() {
	f, _ := os.Open("src")
	names, _ := f.Readdirnames(-1)
	sort.Strings(names)
	for _, n := range names {
		fmt.Println(n)
	}
	old, _ := f.Readdirnames(-1)
	for _, n := range old {
		os.Remove(n)
	}
	// for _, n := range f.Readdirnames(-1) { fmt.Println(n) }
	filepath.WalkDir("src", nil)
	fmt.Println("f.Readdirnames(-1)")
}
