"""What tests share: real servers, databases, found services, vocabulary; nothing that fakes our own code."""
