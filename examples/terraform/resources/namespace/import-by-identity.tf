import {
  to = namespace.team
  identity = {
    name = "company.team"
  }
}
