CC = gcc
SHELL = /bin/bash
all: hello
