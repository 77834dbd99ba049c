#!/bin/sh
go build -o calc ./cmd/calc
./calc --self-test
