package main

import "fmt"

func main() {
	squares := map[int]int{}
	for number := 0; number < 400; number++ {
		squares[number] = number * number
	}
	for number, square := range squares {
		fmt.Println(number, square)
	}
}
