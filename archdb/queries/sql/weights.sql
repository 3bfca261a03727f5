select op, quantity, weight from convention_weight where convention = :convention;
