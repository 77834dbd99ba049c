Gem::Specification.new do |s|
  # s.files = Dir["lib/**/*.rb"]
  s.required_ruby_version = ">= 3.0"
  s.files = Dir["lib/**/*.rb"]
  s.description = "s.files = Dir['x']"
  puts Dir.pwd
end
