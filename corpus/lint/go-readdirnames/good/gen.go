package main

import (
	"fmt"
	"os"
)

func main() {
	es, _ := os.ReadDir("src") // not f.Readdirnames
	for _, e := range es {
		fmt.Println(e.Name())
	}
}
