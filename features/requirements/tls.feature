Feature: STARTTLS begins anew
  Whoever can put octets on the wire can speak in the clear before TLS stands. A server that keeps any of it does under
  TLS what nobody said there (RFC 3207 sections 4.2 and 6; CVE-2011-0411). And a password that crosses the wire in the clear
  is everybody's.

  Certificates are not judged here. A server that does not list STARTTLS is not asked.

  Rule: Passwords are for TLS

    RFC 4954 section 4: sites should not have a configuration that permits mechanisms which show the password without
    protection, and section 6: what is not permitted without it should not be listed either.

    @id:tls/passwords-listed @should
    Scenario: Without TLS no mechanism is listed that shows the password
      Given the mail server
      And the server offers STARTTLS
      When the client says "EHLO client.example"
      Then no mechanism that shows the password is listed

    @id:tls/passwords-taken @should
    Scenario Outline: AUTH <mechanism> is refused without TLS
      Given the mail server
      And the server offers STARTTLS
      When the client says "AUTH <mechanism>"
      Then the server refuses

      Examples:
        | mechanism |
        | PLAIN     |
        | LOGIN     |

  Rule: What was learned in the clear is forgotten

    RFC 3207 section 4.2: upon completion of the handshake the protocol is reset to the state right after the greeting.

    @id:tls/introduction @must
    Scenario: The client has to introduce itself again
      Given the mail server
      And the server offers STARTTLS
      When the client begins TLS
      And the client names its sender
      Then it is not introduced any more

    @id:tls/transaction @must
    Scenario: A mail transaction does not go on
      Given the mail server
      And the server offers STARTTLS
      When the client opens a mail transaction to the local recipient
      And the client begins TLS
      And the client names the local recipient
      Then the server refuses

    @id:tls/authentication @must
    Scenario: Who authenticated is anonymous again
      Given the mail server
      And the server offers STARTTLS
      And a connection of the authorized account
      When the client opens a mail transaction to the remote recipient
      And the client begins TLS
      And the client says "EHLO client.example"
      And the client names its sender
      And the client names the remote recipient
      Then it is served as an anonymous client is

    @id:tls/offered-again @must
    Scenario: STARTTLS is not listed again
      Given the mail server
      And the server offers STARTTLS
      When the client begins TLS
      And the client says "EHLO client.example"
      Then the reply does not list STARTTLS

  Rule: What was put behind STARTTLS is not run

    @id:tls/injected-command @must
    Scenario: A command in the same segment as STARTTLS is thrown away
      Given the mail server
      And the server offers STARTTLS
      When the client begins TLS with "NOOP" behind STARTTLS in one write
      Then nothing of it is run under TLS

    @id:tls/injected-transaction @must
    Scenario: MAIL in the same segment as STARTTLS begins nothing
      Given the mail server
      And the server offers STARTTLS
      When the client begins TLS with "MAIL FROM:<>" behind STARTTLS in one write
      Then nothing of it is run under TLS

  Rule: What is listed under TLS counts

    @id:tls/account @should
    Scenario: An account can sign in by what is listed under TLS
      Given the mail server
      And the server offers STARTTLS
      When the client begins TLS
      And the client signs in as the authorized account
      Then a mechanism listed there is taken
