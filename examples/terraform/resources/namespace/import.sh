# The ID is the namespace's name.
terraform import namespace.team company.team
