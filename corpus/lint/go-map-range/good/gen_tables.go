package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
)

func emit(m map[string]string) {
	w, _ := os.Create("out.go")
	for _, k := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintln(w, k, m[k])
	}
}
