#!/bin/sh
go build -o bin/agent ./functional/agent
