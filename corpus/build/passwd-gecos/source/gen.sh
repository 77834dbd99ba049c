name=$(getent passwd "$(id -u)" | cut -d: -f5 | cut -d, -f1)
printf 'Maintainer: %s\n' "$name" > control
