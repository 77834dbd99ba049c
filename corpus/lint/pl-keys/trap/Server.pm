sub show { print "$_\n" for keys %h; }
