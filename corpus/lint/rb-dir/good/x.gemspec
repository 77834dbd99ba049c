Gem::Specification.new do |s|
  s.extra_rdoc_files = Dir["doc/**/*.md"].sort
end
