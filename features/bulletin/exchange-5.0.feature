Feature: Exchange 5.0 cannot decide by authentication
  Exchange 5.0 has no AUTH command. Its Internet Mail Connector has one switch, and whatever the switch says it says to
  everyone.

  Rule: With rerouting on, everyone relays; with it off, nobody does

    @id:exchange-5.0/rerouting @ms02-011-c05 @ms02-011-c15 @ms02-011-c16
    Scenario Outline: With rerouting on, <role> relays
      Given the deployment exchange-5.0-rerouting
      When <role> sends mail to the remote recipient
      Then AUTH is <authentication>
      And the mail is relayed

      Examples:
        | role                           | authentication |
        | an anonymous client            | not tried      |
        | a client with a wrong password | unavailable    |
        | the null session               | unavailable    |
        | the guest                      | unavailable    |
        | the unauthorized account       | unavailable    |
        | the authorized account         | unavailable    |

    @id:exchange-5.0/not-rerouting @ms02-011-c05 @ms02-011-c15 @ms02-011-c16
    Scenario Outline: With rerouting off, <role> does not relay
      Given the deployment exchange-5.0-not-rerouting
      When <role> sends mail to the remote recipient
      Then AUTH is <authentication>
      And the mail is returned or refused

      Examples:
        | role                           | authentication |
        | an anonymous client            | not tried      |
        | a client with a wrong password | unavailable    |
        | the null session               | unavailable    |
        | the guest                      | unavailable    |
        | the unauthorized account       | unavailable    |
        | the authorized account         | unavailable    |

    @id:exchange-5.0/no-auth @ms02-011-c05
    Scenario Outline: On <deployment>, AUTH is no command to <role>
      Given the deployment <deployment>
      When <role> sends mail to the remote recipient
      Then AUTH is unavailable
      And AUTH is answered with the code 500

      Examples:
        | deployment                 | role                           |
        | exchange-5.0-rerouting     | a client with a wrong password |
        | exchange-5.0-rerouting     | the null session               |
        | exchange-5.0-rerouting     | the guest                      |
        | exchange-5.0-rerouting     | the unauthorized account       |
        | exchange-5.0-rerouting     | the authorized account         |
        | exchange-5.0-not-rerouting | a client with a wrong password |
        | exchange-5.0-not-rerouting | the null session               |
        | exchange-5.0-not-rerouting | the guest                      |
        | exchange-5.0-not-rerouting | the unauthorized account       |
        | exchange-5.0-not-rerouting | the authorized account         |

    @id:exchange-5.0/same-for-all @ms02-011-c05 @ms02-011-c15 @ms02-011-c16
    Scenario Outline: On <deployment>, it makes no difference who sends
      Given the deployment <deployment>
      When every role sends mail to the remote recipient
      Then it comes to the same for every role

      Examples:
        | deployment                 |
        | exchange-5.0-rerouting     |
        | exchange-5.0-not-rerouting |

    @id:exchange-5.0/no-third-setting @ms02-011-c05 @model-only
    Scenario: The switch is on or off; those who authenticate have no setting of their own
      Given a deployment file that sets "reroute" of exchange-5.0 to "authenticated"
      Then the file is refused with "reroute"

  Rule: What to do about it

    @id:exchange-5.0/advice-rerouting @ms02-011-c17 @ms02-011-c05 @model-only
    Scenario: With rerouting on, the advice names the switch
      Given the deployment exchange-5.0-rerouting
      When advice is asked for
      Then it is not affected by MS02-011
      And the advice names the setting "Do not re-route incoming SMTP mail"
      And nothing else is advised
      When an anonymous client sends mail to the remote recipient
      Then the mail is relayed

    @id:exchange-5.0/advice-not-rerouting @ms02-011-c17 @model-only
    Scenario: With rerouting off it is protected, and nothing is left to do
      Given the deployment exchange-5.0-not-rerouting
      When advice is asked for
      Then it is not affected by MS02-011
      And the advice says "With rerouting off it is protected against relaying."
      And nothing is advised
      When an anonymous client sends mail to the remote recipient
      Then the mail is returned or refused

  Rule: What the switch costs

    @id:exchange-5.0/pop-client-own-domain @ms02-011-c18
    Scenario: With rerouting off, a POP3 or IMAP4 client still reaches its own domain
      Given the deployment exchange-5.0-not-rerouting
      When a POP3 or IMAP4 client sends mail to the local recipient
      Then the mail is delivered inside

    @id:exchange-5.0/pop-client-elsewhere @ms02-011-c18
    Scenario: With rerouting off, a POP3 or IMAP4 client reaches nobody else
      Given the deployment exchange-5.0-not-rerouting
      When a POP3 or IMAP4 client sends mail to the remote recipient
      Then the mail is returned or refused

    @id:exchange-5.0/pop-client-rerouting @ms02-011-c18
    Scenario: With rerouting on, a POP3 or IMAP4 client reaches everyone
      Given the deployment exchange-5.0-rerouting
      When a POP3 or IMAP4 client sends mail to the remote recipient
      Then the mail is relayed

    @id:exchange-5.0/mapi @ms02-011-c19 @model-only
    Scenario Outline: A MAPI client is not touched by the switch
      Given the deployment <deployment>
      When a MAPI client submits a message for the remote recipient
      Then the message goes out

      Examples:
        | deployment                 |
        | exchange-5.0-rerouting     |
        | exchange-5.0-not-rerouting |
