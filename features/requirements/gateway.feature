Feature: Mail for the server's own recipients
  Passing on a company's own mail is what a gateway is for. A server that takes mail from the Internet takes it from
  clients that have not authenticated.

  @id:gateway/local-recipient @must @ms02-011-c11
  Scenario: Mail for a local recipient is taken from an anonymous client
    Given the mail server
    When an anonymous client sends mail to the local recipient
    Then the mail for the local recipient is taken
