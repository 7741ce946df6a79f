Feature: The systems that have the flaw
  MS02-011 2.0 names three services that take "this client authenticated" for "this client may use the mail service":
  the SMTP service of Windows 2000, the SMTP service of the NT 4.0 Option Pack, and the Internet Mail Connector of
  Exchange 5.5. On each, without its patch, everyone who can authenticate relays.

  Rule: Windows 2000

    @id:windows-2000/relays @ms02-011-c01 @ms02-011-c08 @ms02-011-c12
    Scenario Outline: On Windows 2000 as installed, <role> is authenticated and relays
      Given the deployment windows-2000
      When <role> sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed

      Examples:
        | role                     |
        | the null session         |
        | the unauthorized account |
        | the authorized account   |

    @id:windows-2000/refuses @ms02-011-c01 @ms02-011-c07 @ms02-011-c08
    Scenario Outline: On Windows 2000 as installed, <role> is refused
      Given the deployment windows-2000
      When <role> sends mail to the remote recipient
      Then AUTH is <authentication>
      And the mail is refused

      Examples:
        | role                           | authentication |
        | an anonymous client            | not tried      |
        | a client with a wrong password | refused        |
        | the guest                      | refused        |

    @id:windows-2000/guest-enabled @ms02-011-c08
    Scenario: Where the Guest account is enabled, an unknown name relays
      Given the deployment windows-2000-guest-enabled
      When the guest sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed

    @id:windows-2000/not-running @ms02-011-c12 @model-only
    Scenario Outline: Where the SMTP service of Windows 2000 is <state>, nothing answers and nothing is affected
      Given the deployment <deployment>
      When the null session sends mail to the remote recipient
      Then nothing answers
      When advice is asked for
      Then it is not affected by MS02-011
      And nothing is advised

      Examples:
        | state         | deployment                         |
        | stopped       | windows-2000-service-stopped       |
        | not installed | windows-2000-service-not-installed |

    @id:windows-2000/advice @ms02-011-c12 @ms02-011-c01 @model-only
    Scenario: Windows 2000 as installed is affected, and its patch is named
      Given the deployment windows-2000
      When advice is asked for
      Then it is affected by MS02-011
      And the advice is to install Q313450
      And nothing else is advised
      When the null session sends mail to the remote recipient
      Then the mail is relayed

  Rule: The NT 4.0 Option Pack

    @id:nt4/relays @ms02-011-c02 @ms02-011-c08 @ms02-011-c13
    Scenario Outline: With the Option Pack, NT 4.0 authenticates <role> and relays for it
      Given the deployment nt4-option-pack
      When <role> sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed

      Examples:
        | role                     |
        | the null session         |
        | the unauthorized account |
        | the authorized account   |

    @id:nt4/refuses @ms02-011-c02 @ms02-011-c07 @ms02-011-c08
    Scenario Outline: With the Option Pack, NT 4.0 refuses <role>
      Given the deployment nt4-option-pack
      When <role> sends mail to the remote recipient
      Then AUTH is <authentication>
      And the mail is refused

      Examples:
        | role                           | authentication |
        | an anonymous client            | not tried      |
        | a client with a wrong password | refused        |
        | the guest                      | refused        |

    @id:nt4/guest-enabled @ms02-011-c08
    Scenario: Where the Guest account of NT 4.0 is enabled, an unknown name relays
      Given the deployment nt4-option-pack-guest-enabled
      When the guest sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed

    @id:nt4/without-option-pack @ms02-011-c13 @model-only
    Scenario: Without the Option Pack there is no SMTP service, and nothing is affected
      Given the deployment nt4-without-option-pack
      When the null session sends mail to the remote recipient
      Then nothing answers
      When advice is asked for
      Then it is not affected by MS02-011
      And nothing is advised

    @id:nt4/service-stopped @ms02-011-c13 @model-only
    Scenario: With the Option Pack and its SMTP service stopped, nothing answers and nothing is affected
      Given the deployment nt4-option-pack-service-stopped
      When the null session sends mail to the remote recipient
      Then nothing answers
      When advice is asked for
      Then it is not affected by MS02-011
      And nothing is advised

    @id:nt4/advice @ms02-011-c13 @ms02-011-c02 @model-only
    Scenario: With the Option Pack it is affected, by the text of 2004, and the patch is not that of Windows 2000
      Given the deployment nt4-option-pack
      When advice is asked for
      Then it is affected by MS02-011
      And the advice is to install a patch
      And Q313450 is not advised
      And nothing else is advised
      When the null session sends mail to the remote recipient
      Then the mail is relayed

    @id:nt4/text-of-2002 @ms02-011-c02 @model-only
    Scenario: The text of 2002 did not know that NT 4.0 is affected, which relayed all the same
      Given the deployment nt4-option-pack
      When advice of 2002-03-01 is asked for
      Then it is not affected by MS02-011
      And nothing is advised
      When the null session sends mail to the remote recipient
      Then the mail is relayed

  Rule: Exchange 5.5

    @id:exchange-5.5/relays @ms02-011-c03 @ms02-011-c08
    Scenario Outline: Restricted to those who authenticate, <deployment> relays for <role>
      Given the deployment <deployment>
      When <role> sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed

      Examples:
        | deployment                              | role                     |
        | exchange-5.5-on-nt4-restricted          | the null session         |
        | exchange-5.5-on-nt4-restricted          | the unauthorized account |
        | exchange-5.5-on-nt4-restricted          | the authorized account   |
        | exchange-5.5-on-windows-2000-restricted | the null session         |
        | exchange-5.5-on-windows-2000-restricted | the unauthorized account |
        | exchange-5.5-on-windows-2000-restricted | the authorized account   |

    @id:exchange-5.5/refuses @ms02-011-c03 @ms02-011-c08 @ms02-011-c15
    Scenario Outline: Restricted to those who authenticate, <deployment> refuses <role>
      Given the deployment <deployment>
      When <role> sends mail to the remote recipient
      Then AUTH is <authentication>
      And the mail is refused

      Examples:
        | deployment                              | role                           | authentication |
        | exchange-5.5-on-nt4-restricted          | an anonymous client            | not tried      |
        | exchange-5.5-on-nt4-restricted          | a client with a wrong password | refused        |
        | exchange-5.5-on-nt4-restricted          | the guest                      | refused        |
        | exchange-5.5-on-windows-2000-restricted | an anonymous client            | not tried      |
        | exchange-5.5-on-windows-2000-restricted | a client with a wrong password | refused        |
        | exchange-5.5-on-windows-2000-restricted | the guest                      | refused        |

    @id:exchange-5.5/guest-enabled @ms02-011-c08
    Scenario: Restricted to those who authenticate, and with the Guest account enabled, an unknown name relays
      Given the deployment exchange-5.5-on-nt4-restricted-guest-enabled
      When the guest sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed

  Rule: Exchange 5.5 at install
    The connector is installed by default. The record disagrees on how its routing is set then: by Microsoft's article
    Q193922 rerouting is on and restricted for nobody; by Q304897 it is no open relay. Both readings are shown, one
    after the other, and each has its advice.

    @id:exchange-5.5/at-install @ms02-011-c14
    Scenario Outline: At install as Q193922 has it, the connector answers and authenticates <role>
      Given the deployment exchange-5.5-on-nt4
      When <role> sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed

      Examples:
        | role                     |
        | the null session         |
        | the unauthorized account |

    @id:exchange-5.5/at-install-anonymous @ms02-011-c14
    Scenario: At install as Q193922 has it, nothing is restricted, and an anonymous client relays too
      Given the deployment exchange-5.5-on-nt4
      When an anonymous client sends mail to the remote recipient
      Then the mail is relayed

    @id:exchange-5.5/at-install-advice @ms02-011-c14 @model-only
    Scenario: At install as Q193922 has it, it is affected, and both the patch and the setting are named
      Given the deployment exchange-5.5-on-nt4
      When advice is asked for
      Then it is affected by MS02-011
      And the advice is to install Q289258
      And the advice names the setting "Hosts and clients that successfully authenticate"
      And nothing else is advised
      When an anonymous client sends mail to the remote recipient
      Then the mail is relayed
      When the null session sends mail to the remote recipient
      Then the mail is relayed

    @id:exchange-5.5/at-install-restricted @ms02-011-c14
    Scenario Outline: At install as Q304897 has it, the connector answers, and the mail of <role> is <fate>
      Given the deployment exchange-5.5-on-nt4-restricted
      When <role> sends mail to the remote recipient
      Then AUTH is <authentication>
      And the mail is <fate>

      Examples:
        | role                     | authentication | fate    |
        | an anonymous client      | not tried      | refused |
        | the null session         | accepted       | relayed |
        | the unauthorized account | accepted       | relayed |
        | the authorized account   | accepted       | relayed |

    @id:exchange-5.5/at-install-restricted-advice @ms02-011-c14 @model-only
    Scenario: At install as Q304897 has it, it is affected, and the patch alone is named
      Given the deployment exchange-5.5-on-nt4-restricted
      When advice is asked for
      Then it is affected by MS02-011
      And the advice is to install Q289258
      And nothing else is advised
      When an anonymous client sends mail to the remote recipient
      Then the mail is refused
      When the null session sends mail to the remote recipient
      Then the mail is relayed
