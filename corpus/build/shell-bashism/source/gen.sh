debug=no
[ $debug == no ] && optimise=yes
echo "optimise=${optimise:-no}" > out.txt
