// A file of its own, as the page's policy allows no script inside it.
window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  displayRequestDuration: true,
  // The validator is a service elsewhere, which would learn where this one is.
  validatorUrl: "none",
});
