Feature: Who may relay
  A client may send to recipients elsewhere because it is authorized to use the mail service, never because it is
  known. AUTH answers who the client is. Whether that identity may use the service is a second question, and a server
  that forgets to ask it relays for everyone with a password, for Guest, for nobody at all.

  Each case below compares what a role can do with what an anonymous client can do from the same address. Where the
  refusal is made (at the end of AUTH, or at RCPT after a 235) is the server's choice: both conform.

  Rule: Without authorization, mail for elsewhere goes no further than an anonymous client's

    @id:relay/anonymous @must @ms02-011-c15
    Scenario: An anonymous client cannot relay
      Given the mail server
      When an anonymous client sends mail to the remote recipient
      Then its mail goes no further than anybody's may

    @id:relay/wrong-password @must @ms02-011-c07
    Scenario: A client with a wrong password cannot relay
      Given the mail server
      When a client with a wrong password sends mail to the remote recipient
      Then its mail goes no further than an anonymous client's

    @id:relay/null-session @must @ms02-011-c07 @ms02-011-c22
    Scenario: The NTLM null session cannot relay
      Given the mail server
      When the null session sends mail to the remote recipient
      Then its mail goes no further than an anonymous client's

    @id:relay/guest @must @ms02-011-c08
    Scenario: An unknown name with any password cannot relay
      Given the mail server
      When the guest sends mail to the remote recipient
      Then its mail goes no further than an anonymous client's

    @id:relay/unauthorized-account @must @ms02-011-c07 @ms02-011-c08 @ms02-011-c22
    Scenario: An account without the right to use the mail service cannot relay
      Given the mail server
      When the unauthorized account sends mail to the remote recipient
      Then its mail goes no further than an anonymous client's

  Rule: Authorization is of use

    @id:relay/authorized-account @should @ms02-011-c15 @ms02-011-c22
    Scenario: An account with the right to use the mail service is served
      Given the mail server
      When the authorized account sends mail to the remote recipient
      Then the authorized account is served
