# A first case. `smtpspec list steps` prints every sentence that can stand here; `smtpspec lint` checks a file without
# running it. The id behind @id: is what you type to run this case alone.
Feature: What our mail server has to refuse

  @id:first/no-relay-for-strangers @must
  Scenario: A stranger cannot send through us to somebody else
    Given the mail server
    When an anonymous client sends mail to the remote recipient
    Then its mail goes no further than anybody's may

  @id:first/unknown-command @should
  Scenario: A word that is no command is refused, and the server goes on
    Given the mail server
    When the client says "EHLO client.example"
    And the client says "FROBNICATE"
    Then the server refuses
    When the client says "NOOP"
    Then the reply has the code 250
