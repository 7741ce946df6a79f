Feature: An ordinary session
  The dialogue of RFC 5321 that every case above is built on. A server that fails here fails before authorization is
  asked about.

  Rule: Greeting and introduction

    @id:session/greeting @must @ms02-011-c24
    Scenario: The server greets first
      Given the mail server
      When the client connects
      Then the greeting has the code 220

    @id:session/ehlo @must @ms02-011-c24
    Scenario: EHLO is understood
      Given the mail server
      When the client says "EHLO client.example"
      Then the reply has the code 250

    @id:session/helo @must @ms02-011-c24
    Scenario: HELO is understood
      Given the mail server
      When the client says "HELO client.example"
      Then the reply has the code 250

  Rule: A mail transaction has an order

    @id:session/rcpt-before-mail @must @ms02-011-c24
    Scenario: RCPT needs MAIL first
      Given the mail server
      When the client says "EHLO client.example"
      And the client names the local recipient
      Then the server refuses

    @id:session/data-before-rcpt @must @ms02-011-c24
    Scenario: DATA needs a recipient first
      Given the mail server
      When the client says "EHLO client.example"
      And the client names its sender
      And the client says "DATA"
      Then the server refuses

    @id:session/rset @must @ms02-011-c24
    Scenario: RSET ends the transaction
      Given the mail server
      When the client opens a mail transaction to the local recipient
      And the client says "RSET"
      Then the reply has the code 250
      When the client says "DATA"
      Then the server refuses

  Rule: Small talk

    @id:session/noop @must @ms02-011-c24
    Scenario: NOOP does nothing
      Given the mail server
      When the client says "EHLO client.example"
      And the client says "NOOP"
      Then the reply has the code 250

    @id:session/unknown-command @must @ms02-011-c24
    Scenario: A word that is no command is refused
      Given the mail server
      When the client says "EHLO client.example"
      And the client says "FROBNICATE"
      Then the server refuses

    @id:session/quit @must @ms02-011-c24
    Scenario: QUIT is answered before the connection closes
      Given the mail server
      When the client says "EHLO client.example"
      And the client says "QUIT"
      Then the reply has the code 221
      And the server closes the connection
