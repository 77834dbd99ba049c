// places: 3
package main

import (
	"fmt"
	"os"
)

var table = map[string]int{"a": 1, "b": 2}

func emit(m map[string]string) {
	w, _ := os.Create("out.go")
	for k, v := range m {
		fmt.Fprintln(w, k, v)
	}
	for k := range table {
		w.WriteString(k)
	}
	seen := make(map[string]bool)
	var list []string
	for k := range seen {
		list = append(list, k)
	}
	fmt.Fprintln(w, list)
}
