#!/bin/sh
exec /usr/bin/ccGhIjKl
