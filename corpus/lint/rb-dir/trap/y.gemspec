Gem::Specification.new do |s|
  s.extra_rdoc_files += Dir.glob("README.md")
  s.files += Dir["LICENSE"]
end
