package main

import (
	"fmt"
	"syscall"
)

func main() {
	var name syscall.Utsname
	if err := syscall.Uname(&name); err != nil {
		panic(err)
	}
	release := ""
	for _, char := range name.Release {
		if char == 0 {
			break
		}
		release += string(rune(char))
	}
	fmt.Println(release)
}
