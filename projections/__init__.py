"""One file per question somebody asks: table, projector, queries; and the runner that feeds them."""
