"""The Service page: keys, figures and dead letters of the service that runs here, and a photo sent to it."""
