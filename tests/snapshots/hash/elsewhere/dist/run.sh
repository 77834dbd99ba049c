#!/bin/sh
exec bin/tool
