package main

import (
	"fmt"
	"os"
	"sort"
)

func emit(m map[string]string, list []string) {
	w, _ := os.Create("out.go")
	fmt.Println(m)
	// for k, v := range m { fmt.Fprintln(w, k, v) }
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintln(w, k, m[k])
	}
	for _, k := range list {
		fmt.Fprintln(w, k)
	}
	total := 0
	for _, v := range m {
		total += len(v)
	}
	for k, v := range m {
		own, _ := os.Create(k)
		fmt.Fprintln(own, v)
	}
	for k := range m {
		fmt.Fprintln(os.Stderr, "left over:", k)
	}
}
