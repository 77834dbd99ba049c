package Config;
our $config = {
  has_sse2 => 1,
  has_avx2 => 0,
  has_fma => 0,
};
1;
