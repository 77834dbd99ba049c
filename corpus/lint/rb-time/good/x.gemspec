Gem::Specification.new do |s|
  s.date = "2024-01-01" # not Time.now
end
