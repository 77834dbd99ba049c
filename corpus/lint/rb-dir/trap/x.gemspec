Gem::Specification.new do |s|
  # s.files = Dir["lib/**/*.rb"]
  s.required_ruby_version = ">= 3.0"
  s.files = Dir["lib/**/*.rb"]
  s.description = "s.files = Dir['x']"
  s.extra_rdoc_files += Dir.glob("README.md")
  puts Dir.pwd
end
