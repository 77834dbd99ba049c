package main

import (
	"fmt"
	"net/http"
	"time"
)

func page(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, time.Now().String()) }
