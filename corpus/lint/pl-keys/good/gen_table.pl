my %h = (a => 1, b => 2);
print "$_\n" for sort keys %h;
foreach my $k (sort { $h{$a} cmp $h{$b} } keys %h) {
    print OUT "$k\n";
}
