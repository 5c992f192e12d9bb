"""Who the customers are: identifiers, nomenclature, events, accounts."""
