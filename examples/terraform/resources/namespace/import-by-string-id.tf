import {
  to = namespace.team
  id = "company.team"
}
