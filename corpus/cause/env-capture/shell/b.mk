CC = gcc
SHELL = /bin/sh
all: hello
