#!/bin/sh
make -j$(nproc)
case $(uname -s) in Linux) ;; esac
arch=$(uname -m)
echo "ARCH=$arch" > arch.mk
gcc -DOS="\"$(uname -s)\"" -c main.c
# echo "$(hostname)" > host.txt
sudo -u $USER true
chown "$USER" out
echo "hello $USER"
echo "on $(hostname)" >> build.log
if [ "$(id -u)" = 0 ]; then echo root; fi
kernel=$(uname -r)
modprobe -d /lib/modules/$kernel x
echo "$(hostname)" > /etc/hostname
jobs=$(nproc)
ninja -j "$jobs"
echo '$(whoami)' > hint.txt
