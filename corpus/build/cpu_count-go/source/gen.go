package main

import (
	"fmt"
	"runtime"
)

func main() {
	fmt.Println("workers", runtime.NumCPU())
}
