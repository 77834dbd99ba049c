// A toy that greets.
package main

func main() { println("hello") }
