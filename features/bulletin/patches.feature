Feature: What the patch does
  It puts the missing question in: an identity that may not use the mail service is refused, wherever in the dialogue,
  and those who may are served as before.

  @id:patch/refuses @ms02-011-c22
  Scenario Outline: Patched, <deployment> refuses <role>
    Given the deployment <deployment>
    When <role> sends mail to the remote recipient
    Then the mail is refused

    Examples:
      | deployment                                              | role                           |
      | nt4-option-pack-patched                                 | an anonymous client            |
      | nt4-option-pack-patched                                 | a client with a wrong password |
      | nt4-option-pack-patched                                 | the null session               |
      | nt4-option-pack-patched                                 | the unauthorized account       |
      | windows-2000-patched                                    | an anonymous client            |
      | windows-2000-patched                                    | a client with a wrong password |
      | windows-2000-patched                                    | the null session               |
      | windows-2000-patched                                    | the unauthorized account       |
      | exchange-5.5-on-nt4-restricted-patched                  | an anonymous client            |
      | exchange-5.5-on-nt4-restricted-patched                  | a client with a wrong password |
      | exchange-5.5-on-nt4-restricted-patched                  | the null session               |
      | exchange-5.5-on-nt4-restricted-patched                  | the unauthorized account       |
      | exchange-5.5-on-windows-2000-restricted-connector-patch | an anonymous client            |
      | exchange-5.5-on-windows-2000-restricted-connector-patch | a client with a wrong password |
      | exchange-5.5-on-windows-2000-restricted-connector-patch | the null session               |
      | exchange-5.5-on-windows-2000-restricted-connector-patch | the unauthorized account       |

  @id:patch/serves @ms02-011-c22
  Scenario Outline: Patched, <deployment> still serves the authorized account
    Given the deployment <deployment>
    When the authorized account sends mail to the remote recipient
    Then AUTH is accepted
    And the mail is relayed

    Examples:
      | deployment                                              |
      | nt4-option-pack-patched                                 |
      | windows-2000-patched                                    |
      | exchange-5.5-on-nt4-restricted-patched                  |
      | exchange-5.5-on-windows-2000-restricted-connector-patch |

  Rule: One Windows 2000 patch mends both

    @id:patch/bdat-unpatched @ms02-011-c23 @disruptive
    Scenario: Without the patch, a command between two chunks is run, and the service fails
      Given the deployment windows-2000
      When the client opens a mail transaction to the local recipient
      And the client sends the chunk "BDAT 4" and "AUTH LOGIN" behind it in one write
      Then the chunk is accepted
      And the command behind it is run
      And the service fails

    @id:patch/bdat-patched @ms02-011-c23 @disruptive
    Scenario: With the patch, a command between two chunks is refused
      Given the deployment windows-2000-patched
      When the client opens a mail transaction to the local recipient
      And the client sends the chunk "BDAT 4" and "AUTH LOGIN" behind it in one write
      Then the chunk is accepted
      And the command behind it is refused
      And the server still answers

    @id:patch/bdat-in-sequence @ms02-011-c23 @disruptive
    Scenario Outline: With the patch, "<command>" between two chunks is refused like any other command
      Given the deployment windows-2000-patched
      When the client opens a mail transaction to the local recipient
      And the client sends the chunk "BDAT 4" and "<command>" behind it in one write
      Then the chunk is accepted
      And the command behind it is refused
      And the server still answers

      Examples:
        | command                               |
        | DATA                                  |
        | EHLO client.example                   |
        | MAIL FROM:<somebody@client.example>   |
        | RCPT TO:<postmaster@inside.example>   |
        | VRFY postmaster                       |

    @id:patch/one-patch @ms02-011-c23 @model-only
    Scenario: The advice for both bulletins is one patch
      Given the deployment windows-2000
      When advice is asked for
      Then it is affected by MS02-011
      And it is affected by MS02-012
      And the advice is to install Q313450
      And one patch is advised for both
      And nothing else is advised
      When the null session sends mail to the remote recipient
      Then the mail is relayed
      Given the deployment windows-2000-patched
      When advice is asked for
      Then it is not affected by MS02-011
      And it is not affected by MS02-012
      And nothing is advised
      When the null session sends mail to the remote recipient
      Then the mail is refused
